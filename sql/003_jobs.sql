-- Work to do later, at least once. A leased job has lease_until in the future; a dead one waits for an administrator.
create table job (
  id text primary key,
  kind text not null,
  payload text not null,
  run_at bigint not null,
  attempts bigint not null,
  lease_owner text not null,
  lease_until bigint not null,
  dead boolean not null,
  last_error text not null
);
create index job_ready on job(kind, run_at, id) where not dead;
create index job_dead on job(id) where dead;
