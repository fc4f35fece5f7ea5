-- Patients to try it with, for H2 and PostgreSQL alike. Who is missing is written at each start of the sandbox.
insert into patient (id, name, carer) select id, name, carer from (values
    ('mia', 'Mia', 'ada'),
    ('leo', 'Leo', 'ada'),
    ('yuki', 'Yuki', 'ada'),
    ('iris', 'Iris', 'ada'),
    ('noor', 'Noor', 'ada'),
    ('elif', 'Elif', 'grace'),
    ('tomas', 'Tomas', 'grace'),
    ('amara', 'Amara', 'grace')
) given (id, name, carer) where not exists (select 1 from patient known where known.id = given.id);
insert into patient_number (patient, place, label, number) select patient, place, label, number from (values
    ('mia', 0, 'mobile', '+61491570156'),
    ('mia', 1, 'home phone', '+61255500142'),
    ('leo', 0, 'mobile', '+61491570157'),
    ('leo', 1, 'emergency contact', '+61491570158'),
    ('yuki', 0, 'mobile', '+61491570159'),
    ('iris', 0, 'mobile', '+12025550104'),
    ('noor', 0, 'mobile', '+61491571266'),
    ('noor', 1, 'phone', '+61255500163'),
    ('noor', 2, 'emergency contact', '+61491571491'),
    ('elif', 0, 'mobile', '+61491570110'),
    ('elif', 1, 'work phone', '+61255500177'),
    ('tomas', 0, 'mobile', '+61491570313'),
    ('amara', 0, 'mobile', '+61491570737')
) given (patient, place, label, number) where not exists (select 1 from patient_number known where known.patient = given.patient and known.place = given.place);
