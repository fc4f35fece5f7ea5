insert into textonce_schema (version) values (5) on conflict do nothing;
