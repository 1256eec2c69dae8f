/** What concerns the whole platform. */

import { InstanceView } from '#components/instance/instance-view.tsx';

export const metadata = { title: 'Platform' };

export default function PlatformPage() {
  return <InstanceView />;
}
