-- One-time codes while they live: hashed, neither the code nor the number.
create table textonce_code (
    tenant       varchar(64)  collate "C" not null,
    name         varchar(300) collate "C" not null, -- purpose and hash of the number
    mac          varchar(128) not null,
    salt         varchar(128) not null,
    expires_at   timestamptz  not null,
    guesses_left int          not null,
    primary key (tenant, name)
) with (fillfactor = 50);
create index textonce_code_expiry on textonce_code (expires_at);

-- How many codes went out to numbers that begin alike, and how many came back, by the hour.
create table textonce_code_count (
    tenant   varchar(64) collate "C" not null,
    prefix   varchar(20) collate "C" not null,
    hour_at  timestamptz not null,
    sent     bigint      not null,
    verified bigint      not null,
    primary key (tenant, prefix, hour_at)
) with (fillfactor = 50);
create index textonce_code_count_age on textonce_code_count (hour_at);

-- What counts against a cap. The row is locked while an amount is judged.
create table textonce_spend (
    tenant   varchar(64)  collate "C" not null,
    name     varchar(300) collate "C" not null, -- what is capped, with its period; a digest where that is long
    currency varchar(3)   not null,
    until_at timestamptz  not null, -- when the last amount stops counting; from then on the row may be deleted
    primary key (tenant, name)
) with (fillfactor = 50);
create index textonce_spend_until on textonce_spend (until_at);

-- Sums of what is spent or reserved, by the instant at which they stop counting.
create table textonce_spend_sum (
    tenant   varchar(64)  collate "C" not null,
    name     varchar(300) collate "C" not null,
    until_at timestamptz  not null,
    amount   numeric      not null,
    primary key (tenant, name, until_at)
) with (fillfactor = 50);

-- What is reserved and neither settled nor released; each is also in a sum.
create table textonce_spend_open (
    tenant     varchar(64)  collate "C" not null,
    name       varchar(300) collate "C" not null,
    message_id varchar(13)  collate "C" not null,
    until_at   timestamptz  not null,
    amount     numeric      not null,
    primary key (tenant, name, message_id)
);

insert into textonce_schema (version) values (2) on conflict do nothing;
