import sax from 'sax';

/** What a router says, as far as it matters: no attributes; prefixes of namespaces are taken off, names are in lower case. */
export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

/** Far beyond any router's description, far below what hurts. */
const deepest = 24;
const most = 4000;

/**
 * Lenient, because routers write bad XML. Entities of its own (DOCTYPE) are not even read.
 * @throws Error on what is no XML or too much of it
 */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', text: '', children: [] };
  const open: XmlElement[] = [root];
  let count = 0;
  const parser = sax.parser(false, { lowercase: true, trim: true });
  const add = (piece: string) => {
    const current = open.at(-1);
    if (current && current !== root) current.text += piece;
  };
  parser.ondoctype = () => {
    throw new Error('a document type');
  };
  parser.onopentag = ({ name }) => {
    count += 1;
    if (open.length > deepest || count > most) throw new Error('too many elements');
    const element = { name: name.slice(name.indexOf(':') + 1), text: '', children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  };
  parser.onclosetag = () => {
    if (open.length > 1) open.pop();
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.onerror = () => {
    // Sloppy, not wrong: what can be read is read.
    parser.resume();
  };
  parser.write(text).close();
  const [first] = root.children;
  if (!first) throw new Error('no element');
  return root;
}

/** All elements of this name, at any depth. */
export function elements(within: XmlElement, name: string): XmlElement[] {
  return within.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...elements(child, name),
  ]);
}

/** The text of the first element of this name; empty when there is none. */
export function textOf(within: XmlElement, name: string): string {
  return elements(within, name)[0]?.text ?? '';
}
