insert into textonce_schema (version) values (6) on conflict do nothing;
