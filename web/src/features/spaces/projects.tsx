import { Directory } from './directory';

export default function ProjectsPage() {
  return <Directory kind="project" />;
}
