-- The clinic's own tables. Textonce creates its own beside them.
create table if not exists patient (
    id    varchar(64) primary key,
    name  varchar(200) not null,
    carer varchar(64)  not null  -- the user whose patient it is
);
create table if not exists patient_number (
    patient varchar(64) not null references patient (id),
    place   int         not null, -- 0 is the default
    label   varchar(64) not null,
    number  varchar(16) not null, -- E.164
    primary key (patient, place)
);
create index if not exists patient_number_number on patient_number (number);
-- Pictures, kept when first seen: some providers bring them inside the message, others delete them.
create table if not exists picture (
    entry   varchar(300) not null,
    place   int          not null,
    content bytea        not null,
    primary key (entry, place)
);
