-- How far each campaign is. Its messages are in textonce_message, under the group campaign:id.
create table if not exists textonce_campaign (
    tenant            varchar(64) not null,
    id                varchar(50) not null,
    version           bigint  not null, -- counts the changes; whoever changes what it read compares it
    state             varchar(10) not null,
    place             varchar(200), -- of the last recipient that was taken
    exhausted         boolean not null,
    enqueued          bigint  not null,
    duplicates        bigint  not null,
    invalid           bigint  not null,
    unwanted          bigint  not null,
    segments          bigint  not null,
    committed         bigint  not null, -- messages that count against a cap
    reserved          decfloat,
    reserved_currency varchar(3),
    next_due          timestamp(9) with time zone not null,
    since             timestamp(9) with time zone not null, -- when it began, or was last resumed
    settled_before    bigint  not null,
    problem           varchar(1000), -- of one that is STUCK: what keeps it from going on
    primary key (tenant, id)
);

-- Who got a message of a campaign: the host's key or the number; with a cipher # and its keyed hash.
create table if not exists textonce_campaign_recipient (
    tenant    varchar(64) not null,
    campaign  varchar(50) not null,
    recipient varchar(300) not null,
    primary key (tenant, campaign, recipient)
);

-- What people chose, by the host's name for them.
create table if not exists textonce_preference (
    tenant    varchar(64) not null,
    person    varchar(128) not null,
    languages varchar(1000) not null, -- language tags in the order of preference, a blank between them
    choices   varchar not null, -- +kind or -kind, one a line
    primary key (tenant, person)
);

merge into textonce_schema (version) key (version) values (3);
