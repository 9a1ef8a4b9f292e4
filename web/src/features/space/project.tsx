import type { RouteProps } from '../../app/routes';

export default function Page({ params }: RouteProps) {
  return <div class="page">{Object.keys(params).length}</div>;
}
