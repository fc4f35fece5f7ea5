-- Textonce on PostgreSQL 13 or newer. Applied by JdbcStore.migrate, or by the host's Flyway; either way once.

-- The version that the code looks for. Each later script adds its own row.
create table textonce_schema (
    version    int         not null primary key,
    applied_at timestamptz not null default now()
);

-- One row for each tenant, locked by whoever records evidence (events and outcomes). It makes the numbers of events
-- ascend in the order of the commits, and keeps a report from slipping between an outcome and its join.
create table textonce_tenant (
    tenant   varchar(64) collate "C" not null primary key,
    last_seq bigint not null default 0,
    waiting  bigint not null default 0  -- how many rows of textonce_waiting
) with (fillfactor = 10);

-- One row for each outgoing message; it also holds the first attempt. What never changes stands first, then what a claim
-- changes, then what a start changes, so that an update logs only that. Claims, starts and reports change nothing that is
-- indexed, so they stay within their page and touch no index; the outcome does both. Every index that a row is in costs
-- each message two entries (enqueued, settled), some 170 bytes of log: think twice before you add one that isn't partial,
-- and never name state or a lease in one. Two thirds of a page stay free, because all rows of a page may be claimed, begun
-- and settled together. Another application may insert rows: to_number and text are enough; until somebody has checked
-- them, they are no messages.
create table textonce_message (
    tenant              varchar(64) collate "C" not null default 'default',
    id                  varchar(13) collate "C" not null default right(replace(gen_random_uuid()::text, '-', ''), 13),
    created_at          timestamptz not null default now(),
    to_number           varchar(80) collate "C" not null, -- E.164; with a cipher # and the keyed hash
    sender              varchar(100), -- kind and value, such as NUMBER +61491570006
    text                text not null default '',
    form                smallint not null default 3, -- of text: 0 plain, 1 sealed with the number, 2 base64 of UTF-8;
                                                     -- 3 as another application wrote it, 4 the same and refused
    category            varchar(20) not null default 'TRANSACTIONAL',
    template_id         varchar(64),
    reference           varchar(128),
    labels              varchar(1400), -- name=value, one a line; each also in textonce_label
    not_after           timestamptz,
    extra               text, -- its form, and what only sending needs: media, options, idempotency key, zone
    turn                timestamptz, -- place among the messages to its recipient; null: it waits for no other
    grp                 varchar(64) collate "C", -- what is held, released and cancelled together
    segments            int,
    estimated           numeric,
    estimated_currency  varchar(3),
    resent              boolean not null default false, -- sent again without proof, as the host allowed
    tries               int not null default 0, -- in vain, in a row
    held_due            timestamptz, -- due_at before it was held
    stopped             varchar(10), -- HELD or CANCELLED, as its group: where it goes instead of waiting again
    attempt             int, -- how often it was claimed; null: never in the outbox
    lease_owner         varchar(64),
    due_at              timestamptz default now(), -- when to send; 9999-12-31: not by itself; null: settled or in doubt
    lease_until         timestamptz,
    begun_at            timestamptz,
    updated_at          timestamptz not null default now(),
    rev                 int not null default 0, -- counts the changes; whoever changes what it read compares it
    state               varchar(10) not null default 'WRITTEN', -- WRITTEN by another application, or a MessageState
    provider            varchar(100) collate "C",
    lookup_at           timestamptz, -- of what is in doubt: when to look it up; 9999-12-31: not by itself
    provider_message_id varchar(400) collate "C",
    outcome             varchar(10),
    reason              varchar(20),
    proof               varchar(20),
    provider_code       text,
    explanation         text,
    attempts            text,
    provider_segments   int,
    billed              numeric,
    billed_currency     varchar(3),
    status              varchar(12),
    reports             text, -- the fold: part=STATUS, 0 being the whole message
    primary key (id, tenant),
    check (form < 3 or (form = 3 and state = 'WRITTEN') or (form = 4 and state = 'REJECTED'))
) with (fillfactor = 35);
-- A tenant's latest messages, and the oldest, which are deleted.
create index textonce_message_created on textonce_message (tenant, created_at);
-- A recipient's messages; whose report it is, where several recipients share a provider's id.
create index textonce_message_to on textonce_message (tenant, to_number);
-- What hosts ask for by their own name for it, also to cancel it.
create index textonce_message_reference on textonce_message (tenant, reference) where reference is not null;
-- Whose report it is. Without the provider, which changes when somebody is asked, and the tenant: ids hardly meet.
create index textonce_message_provider on textonce_message (provider_message_id)
    where provider_message_id is not null;
-- Only what isn't settled: a million that are cost nothing.
create index textonce_message_group on textonce_message (tenant, grp)
    where grp is not null and (due_at is not null or lookup_at is not null);
-- What is claimed next, and what was claimed together (textonce_lease).
create index textonce_message_due on textonce_message (due_at, id) where due_at is not null and form < 3;
-- Which doubts are looked up next.
create index textonce_message_lookup on textonce_message (lookup_at, id) where lookup_at is not null;
-- Who waits for whom, among the messages in order to one recipient.
create index textonce_message_turn on textonce_message (tenant, to_number, turn, id)
    where turn is not null and due_at is not null;
-- What other applications wrote and nobody has checked.
create index textonce_message_written on textonce_message (created_at) where form = 3;

-- Where to look for leases that ended: one row for each claim, from the first row it took to the last. An index of leases
-- would cost each message more than all else.
create table textonce_lease (
    ends_at   timestamptz not null, -- none of these ends earlier
    first_due timestamptz not null,
    first_id  varchar(13) collate "C" not null,
    last_due  timestamptz not null,
    last_id   varchar(13) collate "C" not null
);
create index textonce_lease_ends on textonce_lease (ends_at);

create table textonce_label (
    tenant     varchar(64)  collate "C" not null,
    name       varchar(32)  collate "C" not null,
    val      varchar(128) collate "C" not null,
    created_at timestamptz  not null,
    message_id varchar(13)  collate "C" not null,
    primary key (tenant, name, val, created_at, message_id)
);

-- What webhooks brought, each event once, numbered by tenant.
create table textonce_event (
    tenant      varchar(64)  collate "C" not null,
    seq         bigint       not null,
    provider    varchar(100) collate "C" not null,
    event_key   varchar(200) collate "C" not null, -- the provider's id of the event; a digest where that is long
    endpoint    text         not null,
    received_at timestamptz  not null,
    kind        varchar(10)  not null,              -- REPORT INBOUND OTHER
    form        smallint     not null default 0,    -- of body, as in textonce_message
    body        text         not null,
    primary key (tenant, seq),
    unique (tenant, provider, event_key)
);

-- Reports whose message isn't known yet; each is also in textonce_event.
-- Only the indexes of the two names begin with the tenant: planned while the table is small, a search by name may take any
-- index that does, and then reads all that waits.
create table textonce_waiting (
    tenant              varchar(64)  collate "C" not null,
    seq                 bigint       not null,
    message_id          varchar(13)  collate "C",
    provider            varchar(100) collate "C" not null,
    provider_message_id varchar(400) collate "C",
    received_at         timestamptz  not null,
    primary key (seq, tenant)
);
create index textonce_waiting_message on textonce_waiting (tenant, message_id) where message_id is not null;
create index textonce_waiting_provider on textonce_waiting (tenant, provider, provider_message_id)
    where provider_message_id is not null;
create index textonce_waiting_age on textonce_waiting (received_at, tenant);

-- Who asked for no more messages. An opt-in stays too, so that an older opt-out that comes late doesn't win.
create table textonce_suppression (
    tenant        varchar(64)  collate "C" not null,
    number        varchar(80)  collate "C" not null, -- E.164; with a cipher # and the keyed hash
    scope         varchar(100) collate "C" not null, -- kind and value of the sender; empty for the whole tenant
    opted_out     boolean      not null,
    chosen_at     timestamptz  not null,
    source        text         not null,
    sealed_number text,                               -- with a cipher: the number, sealed
    primary key (tenant, number, scope)
);

create table textonce_idempotency (
    tenant     varchar(64)  collate "C" not null,
    name       varchar(300) collate "C" not null, -- the host's key; a digest where that is long
    payload    text         not null,
    message_id varchar(13)  collate "C" not null,
    expires_at timestamptz  not null,
    accepted   boolean      not null default false,
    form       smallint     not null default 0,    -- of result, as in textonce_message
    result     text,                               -- null: held
    primary key (tenant, name)
);
create index textonce_idempotency_expiry on textonce_idempotency (expires_at);

create table textonce_limit (
    tenant   varchar(64)  collate "C" not null,
    name     varchar(300) collate "C" not null,
    state    bytea        not null,
    whole_at timestamptz  not null, -- from then on the row may be deleted
    primary key (tenant, name)
) with (fillfactor = 50);
create index textonce_limit_whole on textonce_limit (whole_at);

-- Templates are the host's to write; a higher version replaces what is kept compiled.
create table textonce_template (
    tenant         varchar(64)  collate "C" not null default 'default',
    id             varchar(64)  collate "C" not null,
    version        bigint       not null default 0,
    active         boolean      not null default true,
    default_locale varchar(35),                     -- a language tag such as en; null where there is just one text
    variables      text         not null default '', -- one a line: name, or name and a blank and the maximal length
    primary key (tenant, id)
);
create table textonce_template_text (
    tenant varchar(64) collate "C" not null default 'default',
    id     varchar(64) collate "C" not null,
    locale varchar(35) not null,
    text   text        not null,
    primary key (tenant, id, locale),
    foreign key (tenant, id) references textonce_template (tenant, id) on delete cascade
);

insert into textonce_schema (version) values (1);
