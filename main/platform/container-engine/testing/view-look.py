"""Prints what lies below the working folder, one line a name, in the order of their bytes."""
import hashlib
import os
import stat

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
MANY = b"./many/"
WHOLE = 1 << 20


def described(path, found):
    kind = KINDS.get(stat.S_IFMT(found.st_mode), "other")
    words = [kind, "%o" % stat.S_IMODE(found.st_mode)]
    if kind == "link":
        return " ".join([kind, os.readlink(path).decode()])
    if kind == "folder":
        return " ".join(words)
    words.append("links=%d" % found.st_nlink)
    if found.st_size > WHOLE:
        # Its holes are not kept where it takes a hundredth of its size.
        words.append("size=%d %s" % (found.st_size, "sparse" if found.st_blocks * 512 < found.st_size / 100 else "full"))
        with open(path, "rb") as file:
            file.seek(5 << 20)
            words.append("middle=" + file.read(6).hex())
    else:
        with open(path, "rb") as file:
            words.append(file.read().decode("latin1").strip())
    try:
        words.append("note=" + os.getxattr(path, "user.note", follow_symlinks=False).decode())
    except OSError:
        pass
    return " ".join(words)


many = [0, hashlib.sha256()]
for folder, folders, files in os.walk(b"."):
    folders.sort()
    for name in sorted(folders + files):
        path = os.path.join(folder, name)
        found = os.lstat(path)
        if path.startswith(MANY):
            if stat.S_ISREG(found.st_mode):
                with open(path, "rb") as file:
                    many[1].update(path + b"=" + file.read())
                many[0] += 1
        else:
            print(repr(path[2:])[2:-1], described(path, found))
print("many", many[0], many[1].hexdigest()[:12])
