/**
 * The JSON contract of /api/v1, shared by server tests and the web app. Times are milliseconds since 1970 (UTC); ids are
 * 26-character strings; unknown fields are ignored. Errors are RFC 9457 problem+json (`Problem`). Unsafe methods carry the
 * header `X-Parvis-CSRF` with `Me.csrf`. Lists that may grow take `?after=` and answer `next`.
 */
import type { Reception } from './schema-network';

export interface Problem {
  type: string; // "about:blank"
  title: string; // one sentence in the person's language, to show as it is
  status: number;
  code: string; // stable reason id: "space_name_taken"
  field?: string; // the form field it concerns
  errors?: { field: string; code: string; message: string }[]; // several at once: "windows[0].start"
  retry_after_ms?: number;
  trace: string;
}

export type Language = 'fr' | 'en';
export type PersonKind = 'agent' | 'external';
export type Role = 'guest' | 'visitor' | 'contributor' | 'animator';
export type SpaceKind = 'community' | 'project';
export type Visibility = 'open' | 'closed' | 'secret';
export type Joining = 'free' | 'approval' | 'invitation';
export type SpaceState = 'requested' | 'active' | 'archived' | 'refused';
export type InstanceRole = 'none' | 'administrator' | 'auditor';

export interface PersonBrief {
  id: string;
  name: string;
  matrix_id: string; // "@handle:server"
  kind: PersonKind;
  administration?: string; // short name
  title?: string;
}
export interface Person extends PersonBrief {
  email: string;
  phone?: string;
  given_name: string;
  family_name: string;
}

/** GET /session → Me · POST /session SignIn → Me · DELETE /session → 204 */
export interface SignIn {
  email: string;
  password: string;
}
export interface Me {
  person: Person;
  instance_role: InstanceRole;
  language: Language;
  hidden: boolean; // red list: absent from the directory
  csrf: string;
  session: string;
  device_id: string; // Matrix device of this session
  server_name: string;
  instance_name: string;
  may: string[]; // instance-wide actions allowed: "community_create", "community_request", "project_create", "person_manage", "audit_read" ...
}
/** GET /invitation?token= → { email, inviter, spaces: names } · POST /invitation AcceptInvitation → Me (signed in) */
export interface InvitationPreview {
  email: string;
  inviter: string;
  spaces: string[];
}
export interface AcceptInvitation {
  token: string;
  name: string;
  password: string;
}

/** PATCH /me → Me ; POST /me/password ChangePassword → 204 */
export interface ChangeMe {
  name?: string;
  given_name?: string;
  family_name?: string;
  title?: string;
  phone?: string;
  language?: Language;
  hidden?: boolean;
}
export interface ChangePassword {
  current: string;
  password: string;
}

/** GET /devices → { devices } · DELETE /devices/{id} → 204 · DELETE /devices (all others) → 204 */
export interface Device {
  id: string;
  device_id: string;
  name: string;
  kind: 'web' | 'matrix' | 'application';
  created_at: number;
  last_seen_at: number;
  network: string;
  current: boolean;
}

/** GET /people?q= → { people: PersonBrief[] } · GET /people/{id} → Person & { spaces: SpaceBrief[] } */

export interface SpaceBrief {
  id: string;
  kind: SpaceKind;
  slug: string;
  name: string;
  visibility: Visibility;
  joining: Joining;
  state: SpaceState;
  member_count: number;
  role?: Role; // mine
  requested?: boolean; // my request is pending
  invited?: boolean;
}
/** GET /spaces?kind=&q=&mine=1&after= → { spaces: SpaceBrief[], next? } */
/** POST /spaces NewSpace → Space (201) */
export interface NewSpace {
  kind: SpaceKind;
  name: string;
  description: string;
  template: string;
  visibility: Visibility;
  joining: Joining;
  members?: string; // pasted addresses
}
/** GET /spaces/templates?kind= → { templates: SpaceTemplate[] } (texts in the person's language) */
export interface SpaceTemplate {
  id: string;
  kind: SpaceKind;
  name: string;
  description: string;
  visibility: Visibility;
  joining: Joining;
  rooms: string[];
}
/** GET /spaces/{idOrSlug} → Space ; PATCH ChangeSpace → Space */
export interface Space extends SpaceBrief {
  description: string;
  template: string;
  open_to_externals: boolean;
  created_at: number;
  animators: PersonBrief[];
  may: string[]; // actions I may do here: "space_update", "member_add", "file_add" ...
  matrix_room?: string; // the Matrix space room
  request_count?: number; // for those who may decide
}
export interface ChangeSpace {
  name?: string;
  description?: string;
  visibility?: Visibility;
  joining?: Joining;
}
/** POST /spaces/{id}/join { message? } → { outcome: 'joined' | 'requested' } · DELETE /spaces/{id}/join (withdraw) → 204 */
/** POST /spaces/{id}/open-to-externals { confirm: true } → Space */
/** POST /spaces/{id}/archive { archived: boolean } → Space · POST /spaces/{id}/duplicate { name } → Space (201) */
/** POST /spaces/{id}/hand-over { person } → Space · POST /spaces/{id}/decision { accepted, reason? } → Space */

/** GET /spaces/{id}/members?q=&after= → { members: Member[], next? } */
export interface Member {
  person: PersonBrief;
  role: Role;
  since: number;
  pending?: boolean; // invited, account not yet opened
}
/** POST /spaces/{id}/members AddMembers → AddMembersOutcome : members by paste of addresses, partial success line by line */
export interface AddMembers {
  addresses: string; // any separators, "Name <a@b>" accepted
  role: Role;
}
export interface AddMembersOutcome {
  lines: {
    address: string;
    outcome: 'added' | 'already' | 'invited' | 'refused';
    person?: PersonBrief;
    problem?: Problem;
  }[];
}
/** PUT /spaces/{id}/members/{person} { role } → Member · DELETE → 204 */
/** GET /spaces/{id}/requests → { requests: JoinRequest[] } · POST /spaces/{id}/requests/{person} { accepted } → 204 */
export interface JoinRequest {
  person: PersonBrief;
  message: string;
  at: number;
}

/** GET /spaces/{id}/rooms → { rooms: Room[] } · POST /spaces/{id}/rooms { name, topic?, kind } → Room (201) */
export interface Room {
  room_id: string; // Matrix
  name: string;
  topic?: string;
  kind: 'salon' | 'forum'; // forum: any agent may read when the space is open
}
/** POST /direct { person } → { room_id } : finds or makes the direct conversation */

/** GET /access/{action}?space= → AccessExplanation : "qui peut voir ceci et pourquoi" */
export interface AccessExplanation {
  action: string;
  everyone?: { rule: string; sentence: string };
  people: { person: PersonBrief; role?: Role; rule: string; sentence: string }[];
}

/** GET /spaces/{id}/files?after=&trash=1 → { files: FileEntry[], next? , used_bytes, quota_bytes } */
export interface FileEntry {
  id: string;
  name: string;
  type: string; // MIME
  size: number;
  sha256?: string;
  created_at: number;
  author: PersonBrief;
  preview: boolean; // GET /files/{id}/preview is an image lighter than the original
  room_id?: string; // the message that brought it
  deleted_at?: number;
  may: string[]; // "file_delete", "file_restore"
}
/** POST /spaces/{id}/files?name= (raw body, Content-Type) → FileEntry (201) · GET /files/{id}/content (Range) · DELETE /files/{id} → 204 (trash) · POST /files/{id}/restore → FileEntry */

/** GET /home → Home */
export interface Home {
  waiting: (
    | { kind: 'join_request'; space: SpaceBrief; person: PersonBrief; message: string; at: number }
    | { kind: 'community_request'; space: SpaceBrief; person: PersonBrief; at: number }
    | { kind: 'invitation'; space: SpaceBrief; person?: PersonBrief; at: number }
  )[];
  spaces: SpaceBrief[]; // mine, archived ones left out
}
/** GET /files/recent → { files: (FileEntry & { space: SpaceBrief })[] } */

/** GET /notifications?after= → { notifications: Notification[], unread: number, next? } · POST /notifications/read { up_to: id } → 204 */
export interface Notification {
  id: number;
  kind: string;
  at: number;
  read: boolean;
  actor?: PersonBrief;
  space?: SpaceBrief;
  text: string;
  link: string;
}

/** GET /meter/today → MeterToday · GET /meter?from=&to= (YYYY-MM-DD) → MeterReport · GET /meter/instance → sums over ≥ 10 people (administrators) */
export interface MeterToday {
  bytes_in: number;
  bytes_out: number;
  reference_bytes: number;
}
export interface MeterReport {
  from: string;
  to: string;
  lines: {
    day: string;
    hour: number;
    tool: string;
    traffic: 'interactive' | 'media' | 'bulk' | 'background';
    path: string;
    bytes_in: number;
    bytes_out: number;
  }[];
}

/** GET /search?q=&kind= → { results } */
export interface SearchResult {
  kind: 'space' | 'person' | 'message' | 'file' | 'document';
  id: string;
  title: string;
  excerpt?: string;
  link: string;
  space?: SpaceBrief;
  at?: number;
}

/**
 * Documents. GET /spaces/{id}/documents?trash=1 → { documents: DocumentEntry[] } (flat; the tree is parent_id and position)
 * POST /spaces/{id}/documents NewDocument → DocumentMeta (201) · GET /documents/{id} → DocumentMeta
 * PATCH /documents/{id} ChangeDocument → DocumentMeta · DELETE → 204 (trash) · POST /documents/{id}/restore → DocumentMeta
 * GET /documents/{id}/versions → { versions: DocumentVersion[] } · POST NewDocumentVersion → DocumentVersion (201)
 * POST /documents/{id}/versions/{v}/restore → 204 (a forward edit) · GET /documents/{id}/versions/{v}/update → binary state, format v1
 * GET /documents/{id}/history?after=&limit= → { entries: DocumentHistoryEntry[], next? } (latest beginning first; next is the next after) · GET /documents/{id}/html → HTML fragment
 * GET /documents/{id}/threads → { threads: DocumentThread[] } · POST NewDocumentThread → DocumentThread (201)
 * POST /threads/{t}/replies { text } → DocumentThread · PATCH /threads/{t} { resolved?, accepted? } → DocumentThread · DELETE (own) → 204
 *   (a text names a person as @[Name](id); whoever may comment replies, the author or who may write resolves, who may write accepts, once)
 * GET /documents/{id}/export?format=odt|docx|pdf|md|html → file (export, html and /documents/{id}/lecture take &version=) · POST /spaces/{id}/documents/import?name= (raw file, ≤ 20 MB) → DocumentMeta (201)
 *
 * Content is a Y.Doc whose XmlFragment "default" holds Tiptap's nodes. Live doors: WebSocket /collaboration/yjs/{id} (y-websocket),
 * WebSocket /collaboration/hocuspocus (documentName = id); session cookie of the same origin, or a token (?token=, Bearer, Hocuspocus
 * auth). Without WebSocket: GET /collaboration/http/{id}?sv=<base64url state vector>&wait=<seconds> → update (204: nothing new),
 * POST /collaboration/http/{id} (update, format v1) → 204 once durable. With ?durable=1 the y-websocket door answers each step 2 and
 * update with a message of its own: varuint 100, varuint count (how many of this connection's are durable, in their order); a client
 * registers provider.messageHandlers[100] for it.
 */
export interface DocumentEntry {
  id: string;
  title: string;
  parent_id?: string;
  position: number;
  updated_at: number;
  updated_by?: PersonBrief;
  frozen: boolean; // a version of it is frozen: it cannot be deleted, and is still written in
  template?: DocumentTemplate;
  deleted_at?: number;
}
export type DocumentTemplate = 'note' | 'minutes' | 'letter';
export interface NewDocument {
  title: string;
  parent_id?: string;
  template?: DocumentTemplate;
}
export interface ChangeDocument {
  title?: string;
  parent_id?: string | null;
  position?: number;
}
export interface DocumentLink {
  id: string;
  title: string;
}
export interface DocumentMeta extends DocumentEntry {
  space: string;
  rights: { read: boolean; comment: boolean; write: boolean; manage: boolean };
  backlinks: DocumentLink[];
  children: DocumentLink[];
  bytes: number;
}
export interface NewDocumentVersion {
  name: string;
  frozen?: boolean;
}
export interface DocumentVersion {
  id: string;
  name: string;
  at: number;
  author: PersonBrief;
  frozen: boolean;
  hash: string; // BLAKE2b-256 of the bytes of /update, hexadecimal
  bytes: number;
}
export interface DocumentHistoryEntry {
  person?: PersonBrief;
  from: number;
  to: number;
  updates: number;
}
export interface NewDocumentThread {
  anchor: { start: string; end: string }; // base64 relative positions
  quote: string;
  text: string;
  suggestion?: { replacement: string };
}
export interface DocumentThread extends NewDocumentThread {
  id: string;
  author: PersonBrief;
  at: number;
  resolved: boolean;
  accepted?: boolean;
  replies: { id: string; author: PersonBrief; at: number; text: string }[];
}

/** Administration: GET /admin/people?q=&after= → { people: AdminPerson[], next? } · POST NewPerson → AdminPerson · PATCH /admin/people/{id} ChangePerson
 *  GET /admin/administrations → { administrations } · POST · PUT /admin/administrations/{id} · GET /admin/community-requests → { spaces: (Space & { requester })[] }
 *  GET /admin/audit?after=&space=&actor=&kind= → { entries: AuditEntry[], next? } */
export interface AdminPerson extends Person {
  state: 'invited' | 'active' | 'suspended' | 'deactivated';
  instance_role: InstanceRole;
  created_at: number;
}
export interface NewPerson {
  email: string;
  name: string;
  given_name: string;
  family_name: string;
  title?: string;
  password?: string; // none: an invitation link is mailed
  instance_role?: InstanceRole;
}
export interface ChangePerson {
  name?: string;
  email?: string;
  title?: string;
  state?: 'active' | 'suspended' | 'deactivated';
  instance_role?: InstanceRole;
  password?: string;
}
export interface Administration {
  id: string;
  name: string;
  short_name: string;
  domains: string[];
}
export interface AuditEntry {
  position: number;
  at: number;
  kind: string;
  actor?: PersonBrief;
  space?: { id: string; name: string };
  subject: string;
  rule: string;
  sentence: string; // in the person's language
}

/** WebSocket /live: server → client text frames. Hints only: the client refetches what it shows. */
export type LiveFrame =
  | { t: 'hello'; build: string }
  | { t: 'notifications'; unread: number }
  | { t: 'space'; id: string } // changed: refetch it and my list
  | { t: 'membership'; space: string } // my membership changed
  | { t: 'documents'; space: string } // its tree changed
  | { t: 'threads'; document: string }
  | { t: 'signed_out' }
  | { t: 'meter'; bytes_in: number; bytes_out: number };

/**
 * GET /spaces/{space}/meetings → { meetings } · POST { origin?, name? } → Meeting (201, or 200 when it is there)
 * GET, PATCH /meetings/{meeting} · POST …/join → MeetingEntry · GET …/lobby, POST …/lobby/{ticket} { admit }
 * POST …/participants/{identity}/mute | remove | host | lower-hand · POST …/mute-all | end | notes · GET …/attendance
 * Polls and groups: schema-meetings.ts.
 * Guests: GET /guest-meetings/{meeting}?key= · POST …/join { key, name } · GET …/waiting/{ticket}
 */
export interface Meeting {
  id: string;
  name: string;
  space: { id: string; name: string };
  origin: { kind: 'space' | 'room' | 'document' | 'automation'; id: string };
  chat_room_id?: string;
  document_id?: string;
  lobby: boolean;
  locked: boolean;
  guests: boolean;
  guest_link?: string; // for hosts
  guest_chat: boolean; // guests read and write the salon while they are there
  live: boolean;
  participants: number;
  started_at?: number;
  rights: { join: boolean; host: boolean };
  reception?: Reception; // of GET /meetings/{meeting}: what applies to whoever asks
}
/** What opens the meeting's socket; a ticket instead while a guest waits. */
export interface MeetingEntry {
  server_url: string;
  token: string;
  identity: string;
  host: boolean;
  reception: Reception;
  chat_key?: string; // for guests
}
/** A message of the meeting's salon, as guests are shown it. */
export interface GuestMessage {
  id: string;
  author: string;
  verified: boolean;
  at: number;
  text: string;
  file?: string;
  file_bytes?: number;
}
/** Two tokens to a room of one's own, to measure the line to this server. */
export interface LineCheck {
  server_url: string;
  first: string;
  second: string;
}

export * from './schema-network';
