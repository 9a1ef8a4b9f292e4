/** The parts of the Matrix client-server API (v1.12) that the web app speaks. */

export interface Content {
  msgtype?: string;
  body?: string;
  format?: string;
  formatted_body?: string;
  url?: string;
  filename?: string;
  info?: { size?: number; mimetype?: string; w?: number; h?: number };
  membership?: string;
  displayname?: string;
  name?: string;
  topic?: string;
  type?: string;
  pinned?: string[];
  users?: Record<string, number>;
  users_default?: number;
  events?: Record<string, number>;
  events_default?: number;
  redact?: number;
  state_default?: number;
  'm.relates_to'?: Relation;
  'm.new_content'?: Content;
  /** Written by the house for somebody without account, in a meeting. */
  'fr.parvis.guest'?: { name?: string; text?: string };
  'm.mentions'?: { user_ids?: string[]; room?: boolean };
  [key: string]: unknown;
}

export interface Relation {
  rel_type?: string;
  event_id?: string;
  key?: string;
  is_falling_back?: boolean;
  'm.in_reply_to'?: { event_id?: string };
}

export interface ThreadSummary {
  count: number;
  latest_event?: RoomEvent;
  current_user_participated?: boolean;
}

export interface RoomEvent {
  event_id: string;
  type: string;
  sender: string;
  origin_server_ts: number;
  state_key?: string;
  content: Content;
  redacts?: string;
  unsigned?: {
    transaction_id?: string;
    redacted_because?: unknown;
    'm.relations'?: { 'm.thread'?: ThreadSummary; 'm.replace'?: RoomEvent };
  };
}

export interface JoinedRoom {
  timeline?: { events: RoomEvent[]; limited?: boolean; prev_batch?: string };
  state?: { events: RoomEvent[] };
  ephemeral?: { events: { type: string; content: Record<string, unknown> }[] };
  account_data?: { events: { type: string; content: Record<string, unknown> }[] };
  summary?: { 'm.heroes'?: string[]; 'm.joined_member_count'?: number; 'm.invited_member_count'?: number };
  unread_notifications?: { notification_count?: number; highlight_count?: number };
}

export interface SyncResponse {
  next_batch: string;
  rooms?: {
    join?: Record<string, JoinedRoom>;
    invite?: Record<string, { invite_state: { events: RoomEvent[] } }>;
    leave?: Record<string, unknown>;
  };
  account_data?: { events: { type: string; content: Record<string, unknown> }[] };
}

export interface Chunk {
  chunk: RoomEvent[];
  start?: string;
  end?: string;
  next_batch?: string;
  state?: RoomEvent[];
}
