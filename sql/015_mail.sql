-- Outgoing mail, queued in the transaction that causes it; removed once handed over.
create table mail (
  id text primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  attempts bigint not null,
  due_at bigint not null
);
create index mail_due on mail (due_at);
