import { MeetingKeys } from '../../lib/meetings/keys';

export const AutomationSection = () => <MeetingKeys path="/admin/meeting-keys" wholeHouse />;
