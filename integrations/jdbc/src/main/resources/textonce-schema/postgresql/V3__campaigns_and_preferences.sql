-- How far each campaign is. Its messages are in textonce_message, under the group campaign:id.
create table textonce_campaign (
    tenant            varchar(64) collate "C" not null,
    id                varchar(50) collate "C" not null,
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
    reserved          numeric,
    reserved_currency varchar(3),
    next_due          timestamptz not null,
    since             timestamptz not null, -- when it began, or was last resumed
    settled_before    bigint  not null,
    problem           varchar(1000), -- of one that is STUCK: what keeps it from going on
    primary key (tenant, id)
) with (fillfactor = 10);

-- Who got a message of a campaign: the host's key or the number; with a cipher # and its keyed hash.
create table textonce_campaign_recipient (
    tenant    varchar(64) collate "C" not null,
    campaign  varchar(50) collate "C" not null,
    recipient varchar(300) collate "C" not null,
    primary key (tenant, campaign, recipient)
);

-- What people chose, by the host's name for them.
create table textonce_preference (
    tenant    varchar(64) collate "C" not null,
    person    varchar(128) collate "C" not null,
    languages varchar(1000) not null, -- language tags in the order of preference, a blank between them
    choices   text not null, -- +kind or -kind, one a line
    primary key (tenant, person)
);

insert into textonce_schema (version) values (3) on conflict do nothing;
