-- One row for each tenant that has conversations, locked by whoever changes one: so the numbers of changes become visible in
-- ascending order.
create table textonce_inbox (
    tenant        varchar(64) collate "C" not null primary key,
    last_rev      bigint      not null default 0,
    events_read   bigint      not null default 0,       -- the last seq of textonce_event that was filed
    messages_read timestamptz not null default '1970-01-01T00:00:00Z'
);

create table textonce_conversation (
    tenant      varchar(64)  collate "C" not null,
    id          bigint       not null,
    owner       varchar(128) collate "C" not null, -- a label's value; empty: nobody's in particular
    party       varchar(300) collate "C" not null, -- c: and the contact's id; a: and the address, with a cipher # and the
                                                   -- keyed hash; m: and the id, once another one has adopted it
    contact_id  varchar(128) collate "C",
    address     text,                              -- its form, and the address
    last_at     timestamptz,                       -- of the entry that stands last; null: adopted
    last_seq    bigint,
    unread      int          not null default 0,
    rev         bigint       not null,
    merged_into bigint,
    primary key (tenant, id),
    unique (tenant, owner, party)
) with (fillfactor = 70);
create index textonce_conversation_last on textonce_conversation (tenant, last_at, id) where last_at is not null;
create index textonce_conversation_owner on textonce_conversation (tenant, owner, last_at, id) where last_at is not null;
create index textonce_conversation_rev on textonce_conversation (tenant, rev);

create table textonce_entry (
    tenant       varchar(64)  collate "C" not null,
    seq          bigint       not null,
    conversation bigint       not null,
    rev          bigint       not null,
    entry_key    varchar(300) collate "C" not null, -- what it is an entry of; a digest where that is long
    kind         varchar(32)  not null,
    direction    varchar(8)   not null,
    at           timestamptz  not null,
    updated_at   timestamptz  not null,
    unread       boolean      not null default false,
    number       varchar(80)  collate "C",          -- theirs, in E.164; with a cipher # and the keyed hash
    provider     varchar(100),
    message_id   varchar(13)  collate "C",
    reference    varchar(128),
    state        varchar(10),
    status       varchar(12),
    reports      text,
    reason       varchar(20),
    text         text,                              -- null with a cipher
    body         text         not null,             -- its form, and everything that needn't be looked for
    primary key (tenant, seq),
    unique (tenant, entry_key)
) with (fillfactor = 70);
create index textonce_entry_timeline on textonce_entry (tenant, conversation, at, seq);
create index textonce_entry_time on textonce_entry (tenant, at, seq);
create index textonce_entry_number on textonce_entry (tenant, number, at, seq) where number is not null;
create index textonce_entry_rev on textonce_entry (tenant, rev);
create index textonce_entry_unread on textonce_entry (tenant, conversation, seq) where unread;
create index textonce_entry_open on textonce_entry (tenant, seq)
    where state in ('PENDING', 'CLAIMED', 'HELD', 'SENDING', 'UNKNOWN');

insert into textonce_schema (version) values (4);
