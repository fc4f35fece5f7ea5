-- Alerts that were raised, so that each is raised once. Reports themselves are summed up from the messages.
create table if not exists textonce_alert (
    tenant        varchar(64)  not null, -- empty for all tenants
    name          varchar(300) not null, -- the rule and its threshold
    period_at     timestamp(9) with time zone  not null,             -- when the day or month begins
    claimed_until timestamp(9) with time zone  not null,             -- whoever claims it may raise it until then
    raised        boolean      not null default false,
    primary key (tenant, name, period_at)
);

merge into textonce_schema (version) key (version) values (5);
