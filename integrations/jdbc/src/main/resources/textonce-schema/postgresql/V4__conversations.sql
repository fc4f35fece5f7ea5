insert into textonce_schema (version) values (4) on conflict do nothing;
