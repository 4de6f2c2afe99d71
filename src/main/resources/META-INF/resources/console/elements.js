// Helpers to find and create elements of the document.

export function at(id) {
  return document.getElementById(id);
}

/** A new element with an optional class and with content: text and elements. */
export function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) {
    element.className = className;
  }
  element.append(...content);
  return element;
}

/** Sets the text of a live region. Equal text is not set again, so that screen readers do not repeat it. */
export function put(id, text) {
  if (at(id).textContent !== text) {
    at(id).textContent = text;
  }
}

/** Adds `item` to the end of `list`, and scrolls to the end if the end was visible. */
export function append(list, item) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < item.offsetHeight + 40;
  list.append(item);
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}
