// Short words for what is done to the document again and again.

export function at(id) {
  return document.getElementById(id);
}

/** A new element with a class, if it is to have one, and with what is in it: text and elements. */
export function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) {
    element.className = className;
  }
  element.append(...content);
  return element;
}

/** Sets the text of an element whose changes screen readers read out: text that stays the same is not read again. */
export function put(id, text) {
  if (at(id).textContent !== text) {
    at(id).textContent = text;
  }
}

/** Adds `item` to the end of `list`, and keeps the end in sight if it was. */
export function append(list, item) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < item.offsetHeight + 40;
  list.append(item);
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}
