-- What is the platform's own. Messages, templates, codes and preferences are in the tables of textonce-jdbc.
create table app_user (
    tenant    varchar(64)  not null,
    id        varchar(64)  not null,
    name      varchar(100) not null,
    user_role varchar(32)  not null,
    phone     varchar(40),
    language  varchar(35),
    time_zone varchar(40),
    primary key (tenant, id)
);

create table appointment (
    tenant    varchar(64)  not null,
    id        varchar(64)  not null,
    user_id   varchar(64)  not null,
    trainer   varchar(100) not null,
    place     varchar(100) not null,
    starts_at timestamp with time zone not null,
    reminded  boolean      not null default false,
    primary key (tenant, id)
);

create table campaign (
    tenant     varchar(64)    not null,
    id         varchar(50)    not null,
    definition varchar(20000) not null, -- as it was created, in JSON
    state      varchar(10)    not null, -- CREATED, LAUNCHED, OVER
    primary key (tenant, id)
);

-- What textonce_template has no columns for.
create table template_info (
    tenant       varchar(64)  not null,
    id           varchar(64)  not null,
    message_type varchar(64)  not null,
    definition   varchar(20000) not null, -- as it was created, in JSON
    primary key (tenant, id)
);
