-- Whether guests read and write the salon of the meeting while they are in it: a host's choice.
alter table meeting add column guest_chat boolean not null default false;
