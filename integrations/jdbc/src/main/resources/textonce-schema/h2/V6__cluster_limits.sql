-- The table of db-scheduler 16, by its own definition under our name. The rest of textonce-cluster needs PostgreSQL.
create table if not exists textonce_scheduled (
    task_name            varchar(100) not null,
    task_instance        varchar(100) not null,
    task_data            blob,
    execution_time       timestamp with time zone,
    picked               boolean      not null,
    picked_by            varchar(50),
    last_success         timestamp with time zone,
    last_failure         timestamp with time zone,
    consecutive_failures int,
    last_heartbeat       timestamp with time zone,
    version              bigint       not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index if not exists textonce_scheduled_execution on textonce_scheduled (execution_time);
create index if not exists textonce_scheduled_heartbeat on textonce_scheduled (last_heartbeat);

merge into textonce_schema (version) key (version) values (6);
