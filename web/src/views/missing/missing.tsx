import { Notice } from '../../parts/notice.tsx';

/** An address whose view is not there yet. */
export default function Missing() {
  return <Notice isWhole title="This page is not built yet" />;
}
