-- What textonce-cluster shares: rates a second, and who runs which pump.

-- A row for each rate. Its permits are slots on a line of time, a step apart; a node takes the next few by one update.
create table textonce_rate (
    tenant     varchar(64) collate "C" not null,
    name       varchar(64) collate "C" not null, -- a digest of the key, which may hold a number
    asked_at   bigint not null, -- by this database's clock, as all three: nanoseconds since 1970
    slots_from bigint not null, -- the first slot that the last asker got
    free_at    bigint not null, -- the first slot that nobody has
    primary key (tenant, name)
) with (fillfactor = 50);

-- The table of db-scheduler 16, by its own definition under our name.
create table textonce_scheduled (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index textonce_scheduled_execution on textonce_scheduled (execution_time);
create index textonce_scheduled_heartbeat on textonce_scheduled (last_heartbeat);

insert into textonce_schema (version) values (6) on conflict do nothing;
