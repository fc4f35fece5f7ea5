-- Alerts that were raised, so that each is raised once. Reports themselves are summed up from the messages.
create table textonce_alert (
    tenant        varchar(64)  collate "C" not null, -- empty for all tenants
    name          varchar(300) collate "C" not null, -- the rule and its threshold
    period_at     timestamptz  not null,             -- when the day or month begins
    claimed_until timestamptz  not null,             -- whoever claims it may raise it until then
    raised        boolean      not null default false,
    primary key (tenant, name, period_at)
);

insert into textonce_schema (version) values (5) on conflict do nothing;
