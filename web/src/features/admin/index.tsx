import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { useMe } from '../../lib/api/queries';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { PageHeader, Tabs } from '../../ui/display';
import { Banner } from '../../ui/feedback';
import {
  building2Icon,
  clipboardListIcon,
  historyIcon,
  keyRoundIcon,
  leafIcon,
  usersIcon,
} from '../../ui/icons';
import { AdministrationsSection } from './administrations';
import { AuditSection } from './audit';
import { AutomationSection } from './automation';
import { adminTexts } from './i18n';
import { NetworkPolicySection } from './network-policy';
import { PeopleSection } from './people';
import { RequestsSection } from './requests';

const sections = [
  { path: undefined, label: 'people', icon: usersIcon, action: 'person_manage', View: PeopleSection },
  {
    path: 'administrations',
    label: 'administrations',
    icon: building2Icon,
    action: 'administration_manage',
    View: AdministrationsSection,
  },
  {
    path: 'demandes',
    label: 'requests',
    icon: clipboardListIcon,
    action: 'community_decide',
    View: RequestsSection,
  },
  {
    path: 'automatisation',
    label: 'automation',
    icon: keyRoundIcon,
    action: 'administration_manage',
    View: AutomationSection,
  },
  {
    path: 'reseau',
    label: 'network',
    icon: leafIcon,
    action: 'administration_manage',
    View: NetworkPolicySection,
  },
  { path: 'journal', label: 'audit', icon: historyIcon, action: 'audit_read', View: AuditSection },
] as const;

const sectionsFor = (me: Me) => sections.filter((section) => me.may.includes(section.action));
const hrefOf = (path: string | undefined) => (path ? `/administration/${path}` : '/administration');

export default function AdminPage({ params }: RouteProps) {
  const texts = useText(adminTexts);
  const { data: me } = useMe();
  const shown = me ? sectionsFor(me) : [];
  const current = shown.find((section) => section.path === params.section) ?? shown[0];
  usePageTitle(current ? texts[current.label] : '', texts.title);
  if (!me) return null;
  return (
    <div class="page">
      <PageHeader title={texts.title} />
      {!current && <Banner tone="info">{texts.forbidden}</Banner>}
      {current && (
        <div class="stack">
          <Tabs
            label={texts.sections}
            tabs={shown.map((section) => ({
              href: hrefOf(section.path),
              label: texts[section.label],
              icon: section.icon,
              current: section === current,
            }))}
          />
          <current.View />
        </div>
      )}
    </div>
  );
}
