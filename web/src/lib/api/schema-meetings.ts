/**
 * Polls and groups of a meeting.
 * GET /meetings/{meeting}/polls → PollsPage · POST WantedPoll → Poll (201) · PUT …/polls-rule { everyone }
 * PUT …/polls/{poll} WantedPoll · DELETE (drafts) · POST …/open | close → Poll · PUT …/vote { answers }
 * GET …/polls/{poll}/csv · POST …/polls/{poll}/minutes { title } → { document_id }
 * GET …/breakouts → BreakoutsView · POST WantedBreakouts · DELETE: all come back
 * POST …/breakouts/assign { identity, group } | extend { seconds } | message { text } | go { group } | help { asking }
 * Guests, with their token as bearer: GET …/polls, PUT …/polls/{poll}/vote, GET …/breakouts, POST …/breakouts/go | help
 */
export interface WantedPoll {
  question: string;
  answers: string[];
  multiple: boolean;
  anonymous: boolean;
  results: 'live' | 'end';
}
export interface MeetingPoll extends Omit<WantedPoll, 'answers'> {
  id: string;
  state: 'draft' | 'open' | 'closed';
  author: string;
  manage: boolean;
  voters: number;
  opened_at?: number;
  closed_at?: number;
  choice?: number[]; // one's own
  answers: { text: string; votes?: number }[];
  ballots?: { name: string; choice: number[] }[]; // named polls whose results are shown
}
export interface PollsPage {
  ask: boolean;
  everyone: boolean; // whoever has an account may ask
  polls: MeetingPoll[]; // newest first
}
export interface WantedBreakouts {
  groups: { name: string; identities: string[] }[];
  choose: boolean;
  duration_s: number; // 0: until a host ends it
}
export type BreakoutsView =
  | { open: false }
  | {
      open: true;
      choose: boolean;
      assigned: number; // 0: nowhere
      here: number; // 0: where all are together
      asking: boolean;
      remaining_ms?: number;
      groups: { number: number; name: string; people?: { identity: string; name: string }[] }[];
      calls?: string[]; // for hosts: who asks for help
    };
