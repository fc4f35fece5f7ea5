-- One-time codes while they live: hashed, neither the code nor the number.
create table if not exists textonce_code (
    tenant       varchar(64)  not null,
    name         varchar(300) not null, -- purpose and hash of the number
    mac          varchar(128) not null,
    salt         varchar(128) not null,
    expires_at   timestamp(9) with time zone  not null,
    guesses_left int          not null,
    primary key (tenant, name)
);
create index if not exists textonce_code_expiry on textonce_code (expires_at);

-- How many codes went out to numbers that begin alike, and how many came back, by the hour.
create table if not exists textonce_code_count (
    tenant   varchar(64) not null,
    prefix   varchar(20) not null,
    hour_at  timestamp(9) with time zone not null,
    sent     bigint      not null,
    verified bigint      not null,
    primary key (tenant, prefix, hour_at)
);
create index if not exists textonce_code_count_age on textonce_code_count (hour_at);

-- What counts against a cap. The row is locked while an amount is judged.
create table if not exists textonce_spend (
    tenant   varchar(64)  not null,
    name     varchar(300) not null, -- what is capped, with its period; a digest where that is long
    currency varchar(3)   not null,
    until_at timestamp(9) with time zone  not null, -- when the last amount stops counting; from then on the row may be deleted
    primary key (tenant, name)
);
create index if not exists textonce_spend_until on textonce_spend (until_at);

-- Sums of what is spent or reserved, by the instant at which they stop counting.
create table if not exists textonce_spend_sum (
    tenant   varchar(64)  not null,
    name     varchar(300) not null,
    until_at timestamp(9) with time zone  not null,
    amount   decfloat not null,
    primary key (tenant, name, until_at)
);

-- What is reserved and neither settled nor released; each is also in a sum.
create table if not exists textonce_spend_open (
    tenant     varchar(64)  not null,
    name       varchar(300) not null,
    message_id varchar(13)  not null,
    until_at   timestamp(9) with time zone  not null,
    amount     decfloat not null,
    primary key (tenant, name, message_id)
);

merge into textonce_schema (version) key (version) values (2);
