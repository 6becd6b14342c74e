import { withMarks } from '../words/plain-text.ts';
import './name.css';

interface NameProps {
  readonly text: string;
  /** Where it has to fit: the middle is cut, because names of one kind differ at their ends; whole on hover. */
  readonly fit?: boolean;
}

/** Characters at the end that are always seen. */
const TAIL = 12;

/** A name that somebody gave: kept apart from the text around it, whatever its direction, with marks for what turns text around. */
export function Name({ text, fit = false }: NameProps) {
  const shown = withMarks(text);
  if (!fit || shown.length <= TAIL * 2) return <bdi>{shown}</bdi>;
  const letters = Array.from(shown);
  return (
    <bdi class="name" title={shown}>
      <span>{letters.slice(0, -TAIL).join('')}</span>
      <span>{letters.slice(-TAIL).join('')}</span>
    </bdi>
  );
}
