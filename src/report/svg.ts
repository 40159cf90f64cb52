/** What any SVG of ours needs: its looks, and text that is safe in it. */

/** Dark ink on white, or light on dark where the reader's system is dark; no custom properties, which not all viewers know. */
export const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1f2328 }
  line { stroke-width: 1 } circle { stroke-width: 2 } .bar { stroke-width: 2 }
  .page { fill: #ffffff } .small { font-size: 12px } .title { font-size: 15px; font-weight: 600 } .chosen { font-weight: 700 }
  .soft { fill: #59636e } .grid { stroke: #d1d9e0 } .lead { stroke: #0969da; stroke-dasharray: 3 4 }
  .tied line { stroke: #0969da } .tied circle { fill: #0969da; stroke: #0969da }
  .apart line { stroke: #1f2328 } .apart circle { fill: #1f2328; stroke: #1f2328 }
  .dropped line { stroke: #818b98 } .dropped circle { fill: #ffffff; stroke: #818b98 } .dropped text { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .page { fill: #0d1117 } .soft, .dropped text { fill: #9198a1 } .grid { stroke: #3d444d }
    .lead, .tied line { stroke: #4493f8 } .tied circle { fill: #4493f8; stroke: #4493f8 }
    .apart line { stroke: #f0f6fc } .apart circle { fill: #f0f6fc; stroke: #f0f6fc }
    .dropped line { stroke: #767e88 } .dropped circle { fill: #0d1117; stroke: #767e88 }
  }
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A name as text inside XML; characters that XML does not have, or that turn text about, become �. */
export function xml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
