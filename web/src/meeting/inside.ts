import type { Entry, Host, Meeting, Visitor } from './api';
import type { GuestConversation } from './chat-guests';
import type { Call, CallState, Tile } from './call';

/** What every part of the room is given: the call, what it is like now, and which panel is open. */
export interface Inside {
  call: Call;
  state: CallState;
  visitor: Visitor;
  entry: Entry;
  /** Absent for a guest. */
  meeting: Meeting | undefined;
  onMeeting: (meeting: Meeting) => void;
  /** Absent for those who are not hosts. */
  host: Host | undefined;
  /** For a guest: the salon by the house's hand. */
  guestChat: GuestConversation | undefined;
  self: Tile | undefined;
  /** The one panel that is open. */
  panel: string | undefined;
  show: (panel: string | undefined) => void;
}
export interface InsideProps {
  inside: Inside;
}
