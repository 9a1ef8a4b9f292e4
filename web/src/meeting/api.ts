import { api, ApiError, setCsrf } from '../lib/api/client';
import type { Me, Meeting, MeetingEntry } from '../lib/api/schema';

/** What opens the meeting's socket; a ticket instead while a guest waits. */
export type Entry = MeetingEntry;
export type { Meeting };
export type Asked = Entry | { waiting: string };
export interface WaitingGuest {
  ticket: string;
  name: string;
  since: number;
}
export interface AttendanceLine {
  identity: string;
  name: string;
  verified: boolean;
  joined_at: number;
  left_at?: number;
}

/** Who stands before the door: somebody with an account, or a guest with a link. */
export interface Visitor {
  /** The meeting's. */
  id: string;
  name: string;
  meetingName: string;
  spaceName: string;
  enter: (name: string) => Promise<Asked>;
  ask: (ticket: string) => Promise<Asked>;
  /** Absent for a guest. */
  meeting?: Meeting;
}

const guestDoor = (id: string, key: string) => ({
  view: () => api.get<{ name: string; space_name: string }>(`/guest-meetings/${id}`, { query: { key } }),
  enter: (name: string) => api.post<Asked>(`/guest-meetings/${id}/join`, { key, name }),
  ask: (ticket: string) => api.get<Asked>(`/guest-meetings/${id}/waiting/${ticket}`),
});

/** 401 when there is neither a session nor a link. */
export async function arrive(id: string, key: string | null): Promise<Visitor> {
  const me = await api.get<Me>('/session').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 401 && key) return undefined;
    throw error;
  });
  if (me) {
    setCsrf(me.csrf);
    try {
      const meeting = await api.get<Meeting>(`/meetings/${id}`);
      const enter = () => api.post<Entry>(`/meetings/${id}/join`, {});
      return {
        id,
        name: me.person.name,
        meetingName: meeting.name,
        spaceName: meeting.space.name,
        enter,
        ask: enter,
        meeting,
      };
    } catch (error) {
      // An agent of another space may still hold a guest's link.
      if (!(error instanceof ApiError) || error.status !== 404 || !key) throw error;
    }
  }
  const door = guestDoor(id, key ?? '');
  const seen = await door.view();
  return {
    id,
    name: me?.person.name ?? '',
    meetingName: seen.name,
    spaceName: seen.space_name,
    enter: door.enter,
    ask: door.ask,
  };
}

/** What hosts do. */
export const hostOf = (id: string) => {
  const on = (identity: string, act: string, body: object = {}) =>
    api.post<undefined>(`/meetings/${id}/participants/${encodeURIComponent(identity)}/${act}`, body);
  return {
    mute: (identity: string) => on(identity, 'mute', { source: 'microphone' }),
    lowerHand: (identity: string) => on(identity, 'lower-hand'),
    makeHost: (identity: string) => on(identity, 'host', { host: true }),
    remove: (identity: string, forbid: boolean) => on(identity, 'remove', { forbid }),
    muteAll: () => api.post<undefined>(`/meetings/${id}/mute-all`, {}),
    end: () => api.post<undefined>(`/meetings/${id}/end`, {}),
    change: (change: Partial<Pick<Meeting, 'locked' | 'guests' | 'lobby'>>) =>
      api.patch<Meeting>(`/meetings/${id}`, change),
    waiting: () =>
      api.get<{ waiting: WaitingGuest[] }>(`/meetings/${id}/lobby`).then((found) => found.waiting),
    decide: (ticket: string, admit: boolean) =>
      api.post<undefined>(`/meetings/${id}/lobby/${ticket}`, { admit }),
    attendance: () =>
      api.get<{ lines: AttendanceLine[] }>(`/meetings/${id}/attendance`).then((found) => found.lines),
  };
};
export type Host = ReturnType<typeof hostOf>;

export const openNotes = (id: string, title: string) =>
  api.post<{ document_id: string }>(`/meetings/${id}/notes`, { title });
