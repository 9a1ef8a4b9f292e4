/** The contract of the network policy, and of what automates meetings; see schema.ts. */
import type { PersonBrief } from './schema';

/**
 * GET /network → NetworkNow · PUT /me/network-exemption { exempt } → NetworkNow
 * GET /.well-known/parvis-network-policy → NetworkPolicyDocument with version, updated_at (public, ETag)
 * GET /admin/network-policy → NetworkPolicyVersion · PUT { version, note, policy } → the same, 409 when it is another by now
 * GET …/history → { versions } (without policy) · GET …/history/{version}
 */
export type MeetingMode = 'audio' | 'audio_slides' | 'low_video' | 'full';
export interface MeetingRule {
  entry: MeetingMode;
  ceiling: MeetingMode;
  urgent: boolean; // more is possible with a reason
}
export interface NetworkNow {
  network: string;
  window: string; // the rule that decides; '' = none
  exempt: boolean;
  sentence: string;
  meetings: MeetingRule;
  until?: number;
  next?: number;
}
/** What one participant receives. POST /meetings/{meeting}/urgent { reason } → Reception. */
export interface Reception extends NetworkNow {
  mode: MeetingMode;
  camera: boolean; // the own one may be sent
  urgent_now: boolean;
  soon: boolean; // a window begins within two minutes
}
export type WeekDay = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export interface NetworkWindow {
  name: string;
  days: WeekDay[];
  start: string; // "10:30"
  end: string;
  zone: string;
  holidays: boolean; // also on days off
  from?: string;
  to?: string;
  networks: string[]; // empty: whatever the network
  meetings: MeetingRule;
  wait: ('bulk' | 'background')[];
}
export interface NetworkPolicyDocument {
  networks: { label: string; range: string }[];
  holidays: 'fr' | 'none';
  days_off: string[];
  windows: NetworkWindow[];
}
export interface NetworkPolicyVersion {
  version: number;
  updated_at: number;
  note: string;
  author?: PersonBrief;
  recent_overrides?: number; // in 30 days
  policy: NetworkPolicyDocument;
}

/**
 * Keys for automation of meetings, of a space: GET, POST /spaces/{space}/meeting-keys · of the house: GET, POST
 * /admin/meeting-keys · GET → { keys } · POST NewMeetingKey → MadeMeetingKey (201)
 * PATCH /meeting-keys/{key} { name?, webhook_url? } → MeetingKey · DELETE revokes
 */
export interface MeetingKey {
  id: string; // what tokens name as their issuer
  name: string;
  space?: string; // absent: the whole house
  created_by: string;
  created_at: number;
  expires_at?: number;
  expired?: boolean;
  effective: boolean; // its maker may still automate
  webhook_url: string;
  /** The last call of the webhook: status 0 when there was no answer, failure empty when it was taken. */
  delivery?: { at: number; status: number; failure: string };
}
export interface NewMeetingKey {
  name: string;
  webhook_url?: string;
  expires_at?: number;
}
export interface MadeMeetingKey {
  key: MeetingKey;
  secret: string; // shown once
}
