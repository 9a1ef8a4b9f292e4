import { api, ApiError, setCsrf } from '../lib/api/client';
import type { GuestMessage, LineCheck, Me, Meeting, MeetingEntry, Reception } from '../lib/api/schema';

/** What opens the meeting's socket; a ticket instead while a guest waits. */
export type Entry = MeetingEntry;
export type { Meeting };
export type Asked = Entry | { waiting: string };
export interface WaitingGuest {
  ticket: string;
  name: string;
  since: number;
}
export interface Forbidden {
  identity: string;
  name: string;
}
export interface AttendanceLine {
  identity: string;
  name: string;
  verified: boolean;
  joined_at: number;
  left_at?: number;
}

/** The salon, as a guest has it. */
export interface GuestChat {
  read: () => Promise<GuestMessage[]>;
  write: (text: string) => Promise<undefined>;
}

/** Who stands before the door: somebody with an account, or a guest with a link. */
export interface Visitor {
  /** The meeting's. */
  id: string;
  name: string;
  meetingName: string;
  spaceName: string;
  enter: (name: string, needsImages: boolean) => Promise<Asked>;
  ask: (ticket: string) => Promise<Asked>;
  /** Two tokens to a room where the line is measured. */
  check: () => Promise<LineCheck>;
  /** Absent for those with an account, who write in the salon themselves. */
  guestChat?: (entry: Entry) => GuestChat;
  /** Absent for a guest. */
  meeting?: Meeting;
  /** What would apply to whoever enters now. */
  reception: Reception;
}

const guestDoor = (id: string, key: string) => ({
  view: () =>
    api.get<{ name: string; space_name: string; reception: Reception }>(`/guest-meetings/${id}`, {
      query: { key },
    }),
  enter: (name: string, needsImages: boolean) =>
    api.post<Asked>(`/guest-meetings/${id}/join`, { key, name, needs_images: needsImages }),
  ask: (ticket: string) => api.get<Asked>(`/guest-meetings/${id}/waiting/${ticket}`),
  check: () => api.post<LineCheck>(`/guest-meetings/${id}/check`, { key }),
  guestChat: ({ identity, chat_key }: Entry): GuestChat => ({
    read: () =>
      api
        .post<{ messages: GuestMessage[] }>(`/guest-meetings/${id}/chat/messages`, { identity, chat_key })
        .then((found) => found.messages),
    write: (text) => api.post<undefined>(`/guest-meetings/${id}/chat`, { identity, chat_key, text }),
  }),
});

/** 401 when there is neither a session nor a link. */
export async function arrive(id: string, key: string | null): Promise<Visitor> {
  const look = () => api.get<Meeting & { reception: Reception }>(`/meetings/${id}`);
  // Without a guest's link there is nothing else to ask for: one answer is not waited for to ask for the other.
  const early = key ? undefined : look();
  early?.catch(() => undefined);
  const me = await api.get<Me>('/session').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 401 && key) return undefined;
    throw error;
  });
  if (me) {
    setCsrf(me.csrf);
    try {
      const meeting = await (early ?? look());
      const enter = () => api.post<Entry>(`/meetings/${id}/join`, {});
      return {
        id,
        name: me.person.name,
        meetingName: meeting.name,
        spaceName: meeting.space.name,
        enter,
        ask: enter,
        check: () => api.post<LineCheck>(`/meetings/${id}/check`, {}),
        meeting,
        reception: meeting.reception,
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
    check: door.check,
    guestChat: door.guestChat,
    reception: seen.reception,
  };
}

/** What hosts do. */
export const hostOf = (id: string) => {
  const on = (identity: string, act: string, body: object = {}) =>
    api.post<undefined>(`/meetings/${id}/participants/${encodeURIComponent(identity)}/${act}`, body);
  return {
    mute: (identity: string, source: 'microphone' | 'camera' | 'screen_share') =>
      on(identity, 'mute', { source }),
    lowerHand: (identity: string) => on(identity, 'lower-hand'),
    makeHost: (identity: string, host: boolean) => on(identity, 'host', { host }),
    remove: (identity: string, forbid: boolean) => on(identity, 'remove', { forbid }),
    muteAll: () => api.post<undefined>(`/meetings/${id}/mute-all`, {}),
    end: () => api.post<undefined>(`/meetings/${id}/end`, {}),
    forbidden: () =>
      api.get<{ forbidden: Forbidden[] }>(`/meetings/${id}/forbidden`).then((found) => found.forbidden),
    allow: (identity: string) =>
      api.delete<undefined>(`/meetings/${id}/forbidden/${encodeURIComponent(identity)}`),
    change: (
      change: Partial<Pick<Meeting, 'locked' | 'guests' | 'lobby' | 'guest_chat'>> & {
        new_guest_link?: true;
      },
    ) => api.patch<Meeting>(`/meetings/${id}`, change),
    waiting: () =>
      api.get<{ waiting: WaitingGuest[] }>(`/meetings/${id}/lobby`).then((found) => found.waiting),
    decide: (ticket: string, admit: boolean) =>
      api.post<undefined>(`/meetings/${id}/lobby/${ticket}`, { admit }),
    attendance: () =>
      api.get<{ lines: AttendanceLine[] }>(`/meetings/${id}/attendance`).then((found) => found.lines),
  };
};
export type Host = ReturnType<typeof hostOf>;

export const readMeeting = (id: string) => api.get<Meeting>(`/meetings/${id}`);

/** Beyond the network policy until its window ends. */
export const goBeyond = (id: string, reason: string) =>
  api.post<Reception>(`/meetings/${id}/urgent`, { reason });
export const keepImagesAlways = () => api.put(`/me/network-exemption`, { exempt: true });

export const openNotes = (id: string, title: string) =>
  api.post<{ document_id: string }>(`/meetings/${id}/notes`, { title });
