import { withMarks } from '../words/plain-text.ts';
import './name.css';

interface NameProps {
  readonly text: string;
  /** Where it has to fit: the middle is cut, because names of one kind differ at their ends; whole on hover. */
  readonly fit?: boolean;
}

/** Such names read from the right: two boxes side by side would turn their halves around. */
const FROM_THE_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Characters at the end that are always seen. */
const TAIL = 12;

/** A name that somebody gave: kept apart from the text around it, whatever its direction, with marks for what turns text around. */
export function Name({ text, fit = false }: NameProps) {
  const shown = withMarks(text);
  if (!fit || shown.length <= TAIL * 2) return <bdi>{shown}</bdi>;
  if (FROM_THE_RIGHT.test(shown)) {
    return (
      <bdi class="name" title={shown}>
        <span>{shown}</span>
      </bdi>
    );
  }
  const letters = Array.from(shown);
  return (
    <bdi class="name" title={shown}>
      <span>{letters.slice(0, -TAIL).join('')}</span>
      <span>{letters.slice(-TAIL).join('')}</span>
    </bdi>
  );
}
