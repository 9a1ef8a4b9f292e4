import { Directory } from './directory';

export default function CommunitiesPage() {
  return <Directory kind="community" />;
}
