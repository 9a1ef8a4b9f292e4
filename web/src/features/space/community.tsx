import type { RouteProps } from '../../app/routes';
import { SpacePage } from './space-page';

export default function CommunityPage({ params }: RouteProps) {
  return <SpacePage slug={params.slug ?? ''} tab={params.tab} />;
}
