insert into textonce_schema (version) values (3) on conflict do nothing;
