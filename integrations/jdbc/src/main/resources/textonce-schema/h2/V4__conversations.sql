-- One row for each tenant that has conversations, locked by whoever changes one: so the numbers of changes become visible in
-- ascending order.
create table if not exists textonce_inbox (
    tenant        varchar(64) not null primary key,
    last_rev      bigint      not null default 0,
    events_read   bigint      not null default 0,       -- the last seq of textonce_event that was filed
    messages_read timestamp(9) with time zone not null default timestamp with time zone '1970-01-01 00:00:00+00:00'
);

create table if not exists textonce_conversation (
    tenant      varchar(64)  not null,
    id          bigint       not null,
    owner       varchar(128) not null, -- a label's value; empty: nobody's in particular
    party       varchar(300) not null, -- c: and the contact's id; a: and the address, with a cipher # and the keyed hash;
                                       -- m: and the id, once another one has adopted it
    contact_id  varchar(128),
    address     varchar,               -- its form, and the address
    last_at     timestamp(9) with time zone, -- of the entry that stands last; null: adopted
    last_seq    bigint,
    unread      int          not null default 0,
    rev         bigint       not null,
    merged_into bigint,
    primary key (tenant, id),
    unique (tenant, owner, party)
);
create index if not exists textonce_conversation_last on textonce_conversation (tenant, last_at desc, id desc);
create index if not exists textonce_conversation_owner on textonce_conversation (tenant, owner, last_at desc, id desc);
create index if not exists textonce_conversation_rev on textonce_conversation (tenant, rev);

create table if not exists textonce_entry (
    tenant       varchar(64)  not null,
    seq          bigint       not null,
    conversation bigint       not null,
    rev          bigint       not null,
    entry_key    varchar(300) not null, -- what it is an entry of; a digest where that is long
    kind         varchar(32)  not null,
    direction    varchar(8)   not null,
    at           timestamp(9) with time zone not null,
    updated_at   timestamp(9) with time zone not null,
    unread       boolean      not null default false,
    number       varchar(80),           -- theirs, in E.164; with a cipher # and the keyed hash
    provider     varchar(100),
    message_id   varchar(13),
    reference    varchar(128),
    state        varchar(10),
    status       varchar(12),
    reports      varchar,
    reason       varchar(20),
    text         varchar,               -- null with a cipher
    body         varchar      not null, -- its form, and everything that needn't be looked for
    primary key (tenant, seq),
    unique (tenant, entry_key)
);
create index if not exists textonce_entry_timeline on textonce_entry (tenant, conversation, at desc, seq desc);
create index if not exists textonce_entry_time on textonce_entry (tenant, at desc, seq desc);
create index if not exists textonce_entry_number on textonce_entry (tenant, number, at desc, seq desc);
create index if not exists textonce_entry_rev on textonce_entry (tenant, rev);
create index if not exists textonce_entry_unread on textonce_entry (tenant, conversation, unread, seq);
create index if not exists textonce_entry_open on textonce_entry (tenant, state, seq);

merge into textonce_schema (version) key (version) values (4);
