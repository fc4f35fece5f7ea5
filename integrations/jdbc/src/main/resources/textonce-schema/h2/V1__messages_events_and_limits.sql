-- Textonce on H2 2.x. Applied by JdbcStore.migrate, or by the host's Flyway; either way once. H2 commits each of these
-- statements by itself, so that each may be repeated.

-- A commit is written to the file before it returns; otherwise a killed process would lose half a second of them.
set write_delay 0;

-- The version that the code looks for. Each later script adds its own row.
create table if not exists textonce_schema (
    version    int         not null primary key,
    applied_at timestamp(9) with time zone not null default current_timestamp
);

-- One row for each tenant, locked by whoever records evidence (events and outcomes). It makes the numbers of events
-- ascend in the order of the commits, and keeps a report from slipping between an outcome and its join.
create table if not exists textonce_tenant (
    tenant   varchar(64) not null primary key,
    last_seq bigint not null default 0,
    waiting  bigint not null default 0  -- how many rows of textonce_waiting
);

-- One row for each outgoing message; it also holds the first attempt. Another application may insert rows: to_number and
-- text are enough; until somebody has checked them, they are no messages.
create table if not exists textonce_message (
    tenant              varchar(64) not null default 'default',
    id                  varchar(13) not null default right(replace(cast(random_uuid() as varchar), '-', ''), 13),
    created_at          timestamp(9) with time zone not null default current_timestamp,
    to_number           varchar(80) not null, -- E.164; with a cipher # and the keyed hash
    sender              varchar(100), -- kind and value, such as NUMBER +61491570006
    text                varchar not null default '',
    form                smallint not null default 3, -- of text: 0 plain, 1 sealed with the number, 2 base64 of UTF-8;
                                                     -- 3 as another application wrote it, 4 the same and refused
    category            varchar(20) not null default 'TRANSACTIONAL',
    template_id         varchar(64),
    reference           varchar(128),
    labels              varchar(1400), -- name=value, one a line; each also in textonce_label
    not_after           timestamp(9) with time zone,
    extra               varchar, -- its form, and what only sending needs: media, options, idempotency key, zone
    turn                timestamp(9) with time zone, -- place among the messages to its recipient; null: it waits for no other
    grp                 varchar(64), -- what is held, released and cancelled together
    segments            int,
    estimated           decfloat,
    estimated_currency  varchar(3),
    resent              boolean not null default false, -- sent again without proof, as the host allowed
    tries               int not null default 0, -- in vain, in a row
    held_due            timestamp(9) with time zone, -- due_at before it was held
    stopped             varchar(10), -- HELD or CANCELLED, as its group: where it goes instead of waiting again
    due_at              timestamp(9) with time zone default current_timestamp, -- when to send; 9999-12-31: not by itself; null: settled or in doubt
    state               varchar(10) not null default 'WRITTEN', -- WRITTEN by another application, or a MessageState
    attempt             int, -- how often it was claimed; null: never in the outbox
    lease_owner         varchar(64),
    lease_until         timestamp(9) with time zone,
    rev                 int not null default 0, -- counts the changes; whoever changes what it read compares it
    begun_at            timestamp(9) with time zone,
    provider            varchar(100),
    updated_at          timestamp(9) with time zone not null default current_timestamp,
    lookup_at           timestamp(9) with time zone, -- of what is in doubt: when to look it up; 9999-12-31: not by itself
    next_at             timestamp(9) with time zone generated always as (coalesce(due_at, lookup_at)), -- null: settled
    provider_message_id varchar(400),
    outcome             varchar(10),
    reason              varchar(20),
    proof               varchar(20),
    provider_code       varchar,
    explanation         varchar,
    attempts            varchar,
    provider_segments   int,
    billed              decfloat,
    billed_currency     varchar(3),
    status              varchar(12),
    reports             varchar, -- the fold: part=STATUS, 0 being the whole message
    primary key (tenant, id),
    check (form < 3 or (form = 3 and state = 'WRITTEN') or (form = 4 and state = 'REJECTED'))
);
create index if not exists textonce_message_created on textonce_message (tenant, created_at);
create index if not exists textonce_message_to on textonce_message (tenant, to_number, turn);
create index if not exists textonce_message_reference on textonce_message (tenant, reference);
create index if not exists textonce_message_provider on textonce_message (tenant, provider, provider_message_id);
create index if not exists textonce_message_group on textonce_message (tenant, grp, next_at);
create index if not exists textonce_message_due on textonce_message (state, due_at, id);

create table if not exists textonce_label (
    tenant     varchar(64)  not null,
    name       varchar(32)  not null,
    val      varchar(128) not null,
    created_at timestamp(9) with time zone  not null,
    message_id varchar(13)  not null,
    primary key (tenant, name, val, created_at, message_id)
);

-- What webhooks brought, each event once, numbered by tenant.
create table if not exists textonce_event (
    tenant      varchar(64)  not null,
    seq         bigint       not null,
    provider    varchar(100) not null,
    event_key   varchar(200) not null, -- the provider's id of the event; a digest where that is long
    endpoint    varchar         not null,
    received_at timestamp(9) with time zone  not null,
    kind        varchar(10)  not null,              -- REPORT INBOUND OTHER
    form        smallint     not null default 0,    -- of body, as in textonce_message
    body        varchar         not null,
    primary key (tenant, seq),
    unique (tenant, provider, event_key)
);

-- Reports whose message isn't known yet; each is also in textonce_event.
create table if not exists textonce_waiting (
    tenant              varchar(64)  not null,
    seq                 bigint       not null,
    message_id          varchar(13),
    provider            varchar(100) not null,
    provider_message_id varchar(400),
    received_at         timestamp(9) with time zone  not null,
    primary key (seq, tenant)
);
create index if not exists textonce_waiting_message on textonce_waiting (tenant, message_id);
create index if not exists textonce_waiting_provider on textonce_waiting (tenant, provider, provider_message_id);
create index if not exists textonce_waiting_age on textonce_waiting (received_at, tenant);

-- Who asked for no more messages. An opt-in stays too, so that an older opt-out that comes late doesn't win.
create table if not exists textonce_suppression (
    tenant        varchar(64)  not null,
    number        varchar(80)  not null, -- E.164; with a cipher # and the keyed hash
    scope         varchar(100) not null, -- kind and value of the sender; empty for the whole tenant
    opted_out     boolean      not null,
    chosen_at     timestamp(9) with time zone  not null,
    source        varchar         not null,
    sealed_number varchar,                               -- with a cipher: the number, sealed
    primary key (tenant, number, scope)
);

create table if not exists textonce_idempotency (
    tenant     varchar(64)  not null,
    name       varchar(300) not null, -- the host's key; a digest where that is long
    payload    varchar         not null,
    message_id varchar(13)  not null,
    expires_at timestamp(9) with time zone  not null,
    accepted   boolean      not null default false,
    form       smallint     not null default 0,    -- of result, as in textonce_message
    result     varchar,                               -- null: held
    primary key (tenant, name)
);
create index if not exists textonce_idempotency_expiry on textonce_idempotency (expires_at);

create table if not exists textonce_limit (
    tenant   varchar(64)  not null,
    name     varchar(300) not null,
    state    varbinary        not null,
    whole_at timestamp(9) with time zone  not null, -- from then on the row may be deleted
    primary key (tenant, name)
);
create index if not exists textonce_limit_whole on textonce_limit (whole_at);

-- Templates are the host's to write; a higher version replaces what is kept compiled.
create table if not exists textonce_template (
    tenant         varchar(64)  not null default 'default',
    id             varchar(64)  not null,
    version        bigint       not null default 0,
    active         boolean      not null default true,
    default_locale varchar(35),                     -- a language tag such as en; null where there is just one text
    variables      varchar         not null default '', -- one a line: name, or name and a blank and the maximal length
    primary key (tenant, id)
);
create table if not exists textonce_template_text (
    tenant varchar(64) not null default 'default',
    id     varchar(64) not null,
    locale varchar(35) not null,
    text   varchar        not null,
    primary key (tenant, id, locale),
    foreign key (tenant, id) references textonce_template (tenant, id) on delete cascade
);

merge into textonce_schema (version) key (version) values (1);
