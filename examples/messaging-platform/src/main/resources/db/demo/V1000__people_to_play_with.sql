-- The numbers are fictitious; the last two digits say what the sandbox does with them (docs/client.md).
insert into app_user (tenant, id, name, user_role, phone, language, time_zone) values
    ('acme', '1', 'Ada', 'beneficiary', '+12025550100', 'en', 'America/New_York'),
    ('acme', '2', 'Deniz', 'beneficiary', '+447700900101', 'tr', 'Europe/London'),
    ('acme', '3', 'Grace', 'beneficiary', '+12025550160', 'en', 'America/New_York'),
    ('acme', '4', 'Alan', 'trainer', '+12025550107', 'en', 'America/Chicago'),
    ('acme', '5', 'Kim', 'beneficiary', 'not known', 'en', null),
    ('globex', '1', 'Ayla', 'beneficiary', '+447700900111', 'tr', 'Europe/London');

insert into appointment (tenant, id, user_id, trainer, place, starts_at) values
    ('acme', '1', '1', 'Alan', 'Room A', current_timestamp + interval '20' hour),
    ('acme', '2', '2', 'Alan', 'Room B', current_timestamp + interval '20' hour),
    ('acme', '3', '3', 'Alan', 'Room A', current_timestamp + interval '9' day);
