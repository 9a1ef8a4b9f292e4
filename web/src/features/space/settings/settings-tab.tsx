import type { Space } from '../../../lib/api/schema';
import { MeetingKeys } from '../../../lib/meetings/keys';
import { Acts } from './acts';
import { IdentityForm } from './identity-form';
import { WhyPanel } from './why-panel';

export function SettingsTab({ space }: { space: Space }) {
  const acts = ['space_archive', 'space_duplicate', 'space_hand_over'];
  return (
    <div class="stack stack-l">
      {space.may.includes('space_update') && <IdentityForm key={space.id} space={space} />}
      {space.may.includes('meeting_host') && <MeetingKeys path={`/spaces/${space.id}/meeting-keys`} />}
      {acts.some((action) => space.may.includes(action)) && <Acts space={space} />}
      {space.may.includes('access_explain') && <WhyPanel space={space} />}
    </div>
  );
}
