import { useState } from "react";

interface Props {
  readonly names: readonly string[];
  onPick(name: string): void;
}

/** Draws a list; it's sorted. */
export function Panel({ names, onPick }: Props) {
  const [filter, setFilter] = useState("");
  const shown = names.filter((name) => /^[a-z(]+[)]{1,}$/i.test(name) && name.includes(filter));
  const label = `${shown.length} of ${names.length} ${`(${filter || "all"})`}`;

  return (
    <section className="panel">
      <input value={filter} onChange={(event) => setFilter(event.target.value)} />
      <p>{label}</p>
      <ul>
        {shown.map((name) => (
          <li key={name}>
            <button type="button" onClick={() => onPick(name)} disabled={name === filter}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
