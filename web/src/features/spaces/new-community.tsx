import { NewSpacePage } from './new-space';

export default function NewCommunityPage() {
  return <NewSpacePage kind="community" />;
}
