create table if not exists appointment (
    id         int generated always as identity (start with 1001) primary key,
    patient    varchar(60) not null,
    phone      varchar(40) not null,
    doctor     varchar(60) not null,
    department varchar(60) not null,
    starts_at  timestamp(9) with time zone not null,
    cancelled  boolean not null default false,
    announced  boolean not null default false, -- another application that writes a row leaves it so
    reminder   varchar(13),                    -- the SDK's id of the reminder that waits
    problem    varchar(1000)                   -- why the last SMS couldn't even be prepared
)
