import type { Status } from '../../../protocol/index.ts';
import type { FullPipeline } from '../schemas/pipeline.ts';

/** Where GitLab's words are not the status itself. */
const WORDS: Readonly<Partial<Record<Status, { readonly text: string; readonly label: string }>>> = {
  success: { text: 'Passed', label: 'passed' },
  manual: { text: 'Blocked', label: 'waiting for manual action' },
  waiting_for_resource: { text: 'Waiting', label: 'waiting for resource' },
  scheduled: { text: 'Delayed', label: 'waiting for delayed job' },
};

export function detailedStatus(status: Status, detailsPath: string): FullPipeline['detailed_status'] {
  const { text, label } = WORDS[status] ?? { text: status[0]?.toUpperCase() + status.slice(1), label: status };
  return {
    icon: `status_${status}`,
    text,
    label,
    group: status.replaceAll('_', '-'),
    tooltip: label,
    has_details: true,
    details_path: detailsPath,
    illustration: null,
    favicon: null,
  };
}
