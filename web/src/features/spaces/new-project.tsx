import { NewSpacePage } from './new-space';

export default function NewProjectPage() {
  return <NewSpacePage kind="project" />;
}
