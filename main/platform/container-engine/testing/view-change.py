"""Does to the working folder all that a layer has to keep."""
import os


def write(path, text, mode="w"):
    with open(path, mode) as file:
        file.write(text)


os.remove("link")
os.symlink("b", "link")
write("hard1", "changed")
os.chmod("mode600", 0o640)
os.setxattr("noted", "user.note", b"inside")
os.setxattr("plain", "user.note", b"new")
with open("huge", "r+b") as file:
    file.seek(5 << 20)
    file.write(b"middle")
os.system("rm -rf gone replaced")
os.mkdir("replaced")
write("replaced/new", "new")
os.rename("file", "renamed")
os.system("mv folder moved; mv Case cASE")
os.rename("readme.md", "README.md")
os.rename(b"na\xffme", b"n\xfe")
write(b"new\xff", "n")
with open("sparse", "wb") as file:
    file.truncate(1 << 30)
os.mkdir("empty")
os.link("plain", "hard3")
write("many/0/0", "one of many")
os.remove("many/1/0")
