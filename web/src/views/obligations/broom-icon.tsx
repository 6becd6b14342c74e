import '../../parts/status-icon.css';

/** A broom: this is about cleanup. The word beside it says what. */
export function BroomIcon() {
  return (
    <svg class="status-icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="line" d="M13.5 2 8.5 7.5" />
      <path class="line" d="M6.5 6 10 9.5 7.5 14 2 9.5Z" />
      <path class="line" d="M5.5 12 7 9.5" />
    </svg>
  );
}
