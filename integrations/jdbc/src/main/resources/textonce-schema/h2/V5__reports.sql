merge into textonce_schema (version) key (version) values (5);
