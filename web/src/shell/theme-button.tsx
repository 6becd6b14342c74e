import { THEMES, theme } from '../state/theme.ts';

/** As the system says, light, dark, and round again. */
export function ThemeButton() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  const label = `Colours: ${theme.value}. Change to ${next}.`;
  return (
    <button
      type="button"
      class="bare icon"
      aria-label={label}
      title={label}
      onClick={() => {
        theme.value = next;
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" class="line" />
        {theme.value !== 'light' && <path d="M8 1.75a6.25 6.25 0 0 0 0 12.5Z" />}
        {theme.value === 'dark' && <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5Z" />}
      </svg>
    </button>
  );
}
